/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nothing: loads the libraries that the hook is built on and does nothing with them; what a start pays before main(). */
int main(void)
{
	return 0;
}
