# configure.sh SOURCES FOLDER...: configures binutils folder by folder, in this order. The configure script above them is left out: it would
# only make of 65,000 lines a Makefile that calls them. What one has found out the next does not ask again.
set -e
sources=$1 here=aarch64-unknown-linux-musl
shift
for folder; do
    echo "binutils: configure $folder"
    mkdir "$folder"
    cd "$folder"
    [ ! -f ../answers ] || cp ../answers config.cache
    # plugin-api.h asks macros of GNU C for the order of bytes. libtool finds no getconf, and would take 512 bytes for the longest command:
    # an archive in pieces, of which tcc -ar keeps the last.
    sh "../$sources/$folder/configure" -C --build=$here --host=$here --target=$here --prefix=/usr --with-lib-path=/musl/lib:/usr/lib:/lib \
        --disable-option-checking --disable-nls --disable-plugins --disable-shared --disable-libctf --disable-dependency-tracking \
        --disable-werror --without-zstd --without-debuginfod lt_cv_sys_max_cmd_len=98304 \
        CC=tcc LD=tcc CFLAGS="-w -D__LITTLE_ENDIAN__" AR="tcc -ar" ARFLAGS=rcs RANLIB=true MAKEINFO=true
    cat config.cache >../answers
    rm config.cache
    cd ..
done
