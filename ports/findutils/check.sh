# What find and xargs are tried with when they have just been built: check.sh PATH FILE writes their answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C TZ=UTC
find --version | head -n 1; xargs --version | head -n 1
umask 022; mkdir -p tree/a/b tree/empty; echo text >tree/a/one.c; seq 1 1000 >tree/a/b/big; : >tree/a/b/none; ln -s one.c tree/a/link; ln -s nowhere tree/broken
chmod 600 tree/a/one.c; chmod 755 tree/a/b/none; touch -d @1000000000 tree/a/b/big tree/a/b/none; touch -d @86400 tree/a/one.c
find tree | sort; find tree -depth -name '[ab]*' | sort; find tree -type f -size +1k; find tree -empty | sort; find tree -perm 600 -o -type l -name 'l*' | sort
find tree -maxdepth 1 -mindepth 1 -printf '%f %y %d %m %P\n' | sort; find tree/a/one.c -printf '%s %TY-%Tm-%Td %t %h %l|%n\n'; find tree/a/link -printf '%l %y %Y\n'
find tree -type d -name b -prune -o -type f -print | sort; find tree -regextype posix-extended -regex '.*/(one|big)(\.c)?' | sort
find tree -newer tree/a/one.c -type f | sort; find tree -not -newermt 1970-06-01 -type f; find -L tree -type f -samefile tree/a/one.c | sort; find tree -xtype l
find tree -name '*.c' -exec grep -c text {} \; -exec echo found {} +; find tree/a -execdir echo {} \; | sort; find tree -type f -print0 | sort -z | xargs -0 -n 1 echo
find tree \( -iname 'BIG' -a ! -user none \) 2>&1; find tree -name big -delete; find tree -name big | wc -l; find tree -type f,l | sort; find missing 2>&1 || echo "status $?"
find tree -nonsense 2>&1 || echo "status $?"; find tree -quit; find tree -ls | wc -l; find tree -fprint written -name none; wc -l <written
seq 1 10 | xargs -n 4 echo; seq 1 3 | xargs -I {} echo '<{}>' ; printf '"a b" c\\ d\n' | xargs -n 1 echo; seq 1 5 | xargs -L 2 -t echo 2>&1; printf 'a:b' | xargs -d : echo
seq 1 4 | xargs -P 2 -n 2 sh -c 'exit 3'; echo "status $?"; : | xargs -r echo never; echo x | xargs false; echo "status $?"; seq 1 2000 | xargs -s 1000 echo | wc -l; printf "a end b" | xargs -n 1 >words; xargs -a words -E end echo; echo y | xargs missing 2>&1; echo "status $?"
