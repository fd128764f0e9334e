# What patch is tried with when it has just been built: check.sh PATH FILE writes its answers to FILE.
PATH=$1
exec >"$2"
export LC_ALL=C TZ=UTC
patch --version | head -n 1
seq 1 40 >before; sed 's/^7$/seven/; 20d; $a end' before >after
for form in -u -c -n; do
    diff $form before after >change$form; cp before copy; patch $form copy <change$form; cmp copy after && echo same
done
patch -R copy <change-u; cmp copy before && echo back
sed '3i shifted' before >shifted; patch --verbose shifted <change-u | grep Hunk
# What is moved over a file that was written: the ledger tells the writing only.
rm shifted
sed 's/^9$/nine/' before >fuzzy; patch fuzzy <change-u; patch -F 0 -o none fuzzy <change-u || echo "status $?"
sed 's/^8$/eight/; s/^6$/six/; s/^5$/five/' before >other; patch -b -z .kept other <change-u || echo "status $?"; tail -n +3 other.rej; cmp other.kept before || echo kept
patch --merge -o merged fuzzy <change-u; mkdir -p a/dir b/dir; cp before a/dir/file; cp after b/dir/file; echo new >b/dir/new
# A time near 1970 says to patch that there is no such file, and a machine without a clock begins there.
touch -d @1000000000 a/dir/file b/dir/file b/dir/new
diff -ruN a b >tree; mkdir work; cp -r a/dir work; patch -p1 -d work <tree; ls work/dir; cmp work/dir/file after && echo tree
patch -p1 -d work --dry-run -R <tree; patch -p1 -d work -N <tree || echo "status $?"
printf -- '--- /dev/null\n+++ ../outside\n@@ -0,0 +1 @@\n+x\n' | patch -p0 2>&1 || echo "status $?"
printf 'no patch\n' | patch 2>&1 || echo "status $?"
