#pragma once
// SPDX-License-Identifier: Apache-2.0
// How the client's actions are declared: a row each, with what is usual filled in. Internal to app/*_actions.cpp.

#include "app/client.h"
#include "app/parts.h"
#include "base/strings.h"
#include "work/actions.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace pw::app {

// What an action touches, and with it who may ask for it and how.
struct Touches {
    work::Scope scope;
    work::Safety safety;
    const char* right;      // empty: everybody's
    const char* no_network; // why a colleague's message cannot ask for it
};
inline constexpr Touches kThisView{work::Scope::Private, work::Safety::View, "", "it changes only what this user sees"};
inline constexpr Touches kOwnPlaces{work::Scope::Private, work::Safety::Edit, "",
                                    "viewpoints are kept in this user's own folder"};
inline constexpr Touches kNothing{work::Scope::Private, work::Safety::View, "", "it tells only this user"};
inline constexpr Touches kThisComputer{work::Scope::Private, work::Safety::Edit, "",
                                       "it writes a file on this user's computer"};
inline constexpr Touches kThisProgram{work::Scope::Private, work::Safety::Edit, "", "it ends this user's program"};
inline constexpr Touches kTheMachines{work::Scope::Shared, work::Safety::Operate, "operate",
                                      "machines are asked at the broker of their plant only"};

// A row of the table; what is usual is filled in by make_action().
struct Row {
    const char* id;
    Text title;
    const char* help;
    const char* undo;
    const char* key = "";
    Touches touches = kThisView;
    std::vector<work::ArgSpec> args = {};
};

work::Action make_action(Row row, std::function<Result<std::string>(const work::Args&)> run);
work::ArgSpec text_arg(const char* name, Text title);
inline std::string ok() { return "true"; }

using Run = Result<std::string>(Client&, const work::Args&);

// The rows of one room; `client` may be null.
class Rows {
  public:
    Rows(work::ActionRegistry& registry, Client* client) : registry_(registry), client_(client) {}

    void add(Row row, Run* run) {
        registry_.add(
            make_action(std::move(row), [client = client_, run](const work::Args& args) -> Result<std::string> {
                if (client == nullptr) return fail(Errc::Unavailable, "no client is running");
                return run(*client, args);
            }));
    }
    void add_toggle(Row row, bool ClientState::* what) {
        registry_.add(make_action(std::move(row), [client = client_, what](const work::Args&) -> Result<std::string> {
            if (client == nullptr) return fail(Errc::Unavailable, "no client is running");
            client->state().*what = !(client->state().*what);
            return client->state().*what ? "true" : "false";
        }));
    }

  private:
    work::ActionRegistry& registry_;
    Client* client_;
};

// What an action without words for a part is done to: the machine that is selected, or the part alone.
Result<Subject> subject(Client& client, const std::string& words);
work::ArgSpec part_arg(bool required);

void add_management_actions(Rows rows); // app/management_actions.cpp
void add_part_actions(Rows rows);       // app/part_actions.cpp
void add_view_actions(Rows rows);       // app/view_actions.cpp
void add_measure_actions(Rows rows);    // app/measure_actions.cpp
void add_place_actions(Rows rows);      // app/place_actions.cpp
void add_headset_actions(Rows rows);    // app/headset_actions.cpp
void add_ar_actions(Rows rows);         // app/ar_actions.cpp
void add_register_actions(Rows rows);   // app/register_actions.cpp

} // namespace pw::app
