#pragma once
// SPDX-License-Identifier: Apache-2.0
// Elementary functions with one answer everywhere: made of IEEE +, -, ×, ÷ and sqrt alone and compiled without
// contraction, because libm's differ by processor and version and a simulation's hash must not.

namespace pw::simulation {

// Natural logarithm of a finite x > 0, normal or subnormal; within 1 ulp.
double deterministic_log(double x);

// e^x; within 1 ulp between -708 and 709, 0 below -745 (less exact in between), infinite above 709.78.
double deterministic_exp(double x);

// The standard normal's z with P(Z <= z) = p, 0 < p < 1 (Wichura 1988, AS 241); relative error below 1e-15.
double normal_quantile(double p);

// Student's t with P(T <= t) = p for `freedom` degrees, 0.5 <= p < 1, freedom >= 1; relative error below 1e-9.
double student_quantile(double p, int freedom);

} // namespace pw::simulation
