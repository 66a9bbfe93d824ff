// SPDX-License-Identifier: Apache-2.0
#include "twin/unit.h"

#include <algorithm>
#include <array>
#include <string>

namespace pw::twin {

namespace {

// A row is one unit: its UCUM code first (The Unified Code for Units of Measure, ucum.org), then what else is written
// for it, between spaces: UCUM's print symbol, the common code and symbol of UNECE Recommendation 20, which OPC UA's
// EUInformation has as unitId and displayName, and what is usual on PLCs. What differs from another row in case only
// (mW, MW) must stand here.
constexpr auto kUnits = std::to_array<std::string_view>({
    "1 C62 H87 EA pc pcs pce piece pieces",
    "% P1 percent pct",
    "[ppm] 59 ppm",
    "[pH] Q30 pH",
    "Cel CEL degC °C ℃ C celsius degreecelsius degreescelsius",
    "[degF] FAH degF °F ℉ F fahrenheit degreefahrenheit degreesfahrenheit",
    "K KEL kelvin",
    "deg DD ° degree degrees",
    "rad C81 radian radians",
    "s SEC sec second seconds",
    "ms C26 msec millisecond milliseconds",
    "min MIN minute minutes",
    "h HUR hr hour hours",
    "d DAY day days",
    "m MTR meter metre meters metres",
    "mm MMT millimeter millimetre millimeters millimetres",
    "cm CMT",
    "um 4H µm μm",
    "km KMT",
    "m/s MTS m·s⁻¹",
    "mm/s C16",
    "m/min 2X",
    "km/h KMH",
    "m/s2 MSK m/s²",
    "m2 MTK m²",
    "m3 MTQ m³ cbm",
    "L l LTR liter litre liters litres dm3 dm³",
    "mL ml MLT cm3 cm³",
    "m3/h MQH m³/h",
    "m3/s MQS m³/s",
    "L/s l/s G51",
    "L/min l/min L2 lpm",
    "L/h l/h E32",
    "g GRM",
    "kg KGM",
    "mg MGM",
    "t TNE",
    "kg/h E93",
    "g/L g/l GL",
    "mg/L mg/l M1",
    "kg/m3 KMQ kg/m³",
    "N NEW newton",
    "kN B47",
    "N.m NU Nm N·m",
    "Pa PAL pascal",
    "mPa 74",
    "mbar MBR hPa A97 millibar hectopascal",
    "kPa KPA",
    "MPa MPA",
    "bar BAR",
    "[psi] psi lbf/in²",
    "W WTT watt",
    "mW C31",
    "kW KWT kilowatt",
    "MW MAW megawatt",
    "VA V.A D46",
    "kVA kV.A KVA",
    "J JOU joule W.s Ws",
    "mJ C15",
    "kJ KJO kW.s kWs",
    "MJ 3B",
    "GJ GV",
    "W.h WHR Wh W·h",
    "mW.h mWh",
    "kW.h KWH kWh kW·h",
    "MW.h MWH MWh MW·h",
    "A AMP ampere",
    "mA 4K",
    "V VLT volt",
    "mV 2Z",
    "kV KVT",
    "Ohm OHM Ω",
    "Hz HTZ hertz",
    "kHz KHZ",
    "MHz MHZ",
    "mHz",
    "/s 1/s C97 s-1 s⁻¹",
    "/min 1/min C94 min-1 min⁻¹ rpm RPM r/min U/min",
    "/h 1/h h-1 h⁻¹",
    "dB 2N",
    "lx LUX lux",
    "S/m D10",
    "mS/cm H61",
    "uS/cm G42 µS/cm μS/cm",
});

constexpr std::size_t kNoRow = kUnits.size();

std::string without_spaces(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\t') out += c;
    return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_but_for_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

// The row that has this spelling; failing that, the only one that has it in another case.
std::size_t row_of(std::string_view unit) {
    std::size_t almost = kNoRow;
    bool several = false;
    for (std::size_t row = 0; row < kUnits.size(); ++row) {
        for (std::string_view rest = kUnits[row]; !rest.empty();) {
            const std::string_view word = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(rest.size(), word.size() + 1));
            if (word == unit) return row;
            if (!same_but_for_case(word, unit)) continue;
            several = several || (almost != kNoRow && almost != row);
            almost = row;
        }
    }
    return several ? kNoRow : almost;
}

} // namespace

SameUnit same_unit(std::string_view declared, std::string_view told) {
    const std::string a = without_spaces(declared), b = without_spaces(told);
    if (a == b) return SameUnit::Yes;
    const std::size_t row_a = row_of(a), row_b = row_of(b);
    if (row_a != kNoRow && row_b != kNoRow) return row_a == row_b ? SameUnit::Yes : SameUnit::No;
    return same_but_for_case(a, b) ? SameUnit::Yes : SameUnit::Unknown;
}

} // namespace pw::twin
