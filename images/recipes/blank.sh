# A disk on which nothing was ever written.
disk disk.img 16 </dev/null
