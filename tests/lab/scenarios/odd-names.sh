# Domain names that a shell, an XML parser, a format string or a terminal could stumble over:
# claimed, named in the refusal of another domain as they are, and clean afterwards.
# shellcheck disable=SC2016 # meant as they are
for name in 'two words; touch oops & "x" '"'y'"' <b>' '$(touch oops) %s%n ..-ä'; do
	start_paused "$name" "$(vf eth0 0 mac=52:54:00:aa:00:01)"
	[[ $(registry_claims) == *"|$name|"* ]] || fail "no claim of '$name'"
	guard_vf eth0 0
	message=$(start_refused thief "FAIL vf-claimed" -- "$(vf eth0 0 mac=52:54:00:aa:00:02)")
	[[ $message == *"domain $name ("* ]] || fail "'$name' is not named: $message"
	stop "$name"
	assert_released eth0 0
done
[[ ! -e oops && ! -e /oops ]] || fail "part of a name was run as a command"
