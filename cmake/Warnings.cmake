# Warnings for our own code, and the hardening that code running as root should have.
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
	-Wformat=2 -Wundef -Wvla -Wwrite-strings -fno-common -fvisibility=hidden
	# Messages may be cut: vw_error, names in findings.
	$<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
add_compile_definitions(_GNU_SOURCE)
option(VFWARD_WERROR "treat warnings as errors" ON)
if(VFWARD_WERROR)
	add_compile_options(-Werror)
endif()
if(NOT VFWARD_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
	add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
	add_link_options(-Wl,-z,relro,-z,now)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
