# vw_man_page(FILE): installs a man page into the section that its suffix names.
function(vw_man_page file)
	string(REGEX MATCH "[0-9]$" section ${file})
	install(FILES ${file} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endfunction()
