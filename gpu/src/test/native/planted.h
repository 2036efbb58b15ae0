// Comes before everything in a program with planted faults (faults.txt): which one is switched on, by the number that the
// environment's FAULT has; none without. The program then ends at the first failure (device.h).
#pragma once
#include <cstdlib>

inline const int planted = std::getenv("FAULT") ? std::atoi(std::getenv("FAULT")) : 0;
#define FAULT(number) (planted == (number))
