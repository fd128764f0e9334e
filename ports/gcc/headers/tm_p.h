/* The functions of config/aarch64/aarch64.c, and what genpreds says of its predicates.  */
#ifndef GCC_TM_P_H
#define GCC_TM_P_H
#include "config/aarch64/aarch64-protos.h"
#include "tm-preds.h"
#endif
