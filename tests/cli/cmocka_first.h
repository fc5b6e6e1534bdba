/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka_first: cmocka in its order of includes. */
#ifndef VW_CMOCKA_FIRST_H
#define VW_CMOCKA_FIRST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#endif
