# The debug preset's AddressSanitizer and UndefinedBehaviorSanitizer: any report ends the program.
if(VFWARD_SANITIZE)
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
	add_link_options(-fsanitize=address,undefined)
endif()
