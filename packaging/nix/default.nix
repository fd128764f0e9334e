# Firmseed for Nix: raw derivations without nixpkgs. Their inputs are texts, a pinned tarball, and two programs of 360 and 865 bytes
# that sed and xxd have decoded from texts. In the folder of a release (docs/use.md):
#
#   nix-build packaging/nix -A tinycc
#
# seeds is the folder with hex0 and kaem-seed. On another processor binfmt_misc has to start qemu-aarch64 for what is for AArch64.
{ seeds ? ../../seed
, system ? "aarch64-linux"
}:
let
  inherit (builtins) attrNames concatStringsSep elem elemAt path pathExists readFile replaceStrings split stringLength substring toFile;

  # A folder of the release, without what only tests read.
  folder = name: source: path {
    inherit name;
    path = source;
    filter = path: type: baseNameOf path != "tests";
  };
  stage0 = folder "firmseed-stage0" ../../stage0;
  port = name: folder "firmseed-port-${name}" (../../ports + "/${name}");

  # The same within a folder ports, with the one file that several of those behind musl share.
  ports = name:
    let
      top = toString ../../ports;
      own = "${top}/${name}/";
    in
    path {
      name = "firmseed-port-${name}";
      path = ../../ports;
      filter = path: type: elem path [ "${top}/${name}" "${top}/musl" "${top}/musl/generate.h" ] || substring 0 (stringLength own) path == own;
    };

  # Nix refuses what is not the seed: the hash is that of the file with its mode.
  seed = name: sha256:
    if pathExists (seeds + "/${name}") then
      path { inherit name sha256; path = seeds + "/${name}"; }
    else
      throw "there is no ${toString seeds}/${name}: decode the seeds by the two lines of docs/use.md, or say --arg seeds DIR";
  hex0 = seed "hex0" "1sk7pjgalsh5bxw738rx2qbsawpn2p0nay6xn0g40rjksi5mnfy4";
  kaem-seed = seed "kaem-seed" "1p88dimb2lkirkrz1nbqimgaim46606hcq6wr5ymxh6xfrg1jc45";

  # The chain's own scripts and lists, for a builder that cannot make folders yet: what goes to ../bin and ../build stays where it
  # is, and what is read lies in the store.
  sums = list: toFile "SHA256SUMS" (replaceStrings [ "../bin/" "../build/" ] [ "" "" ] (readFile list));
  here = replaceStrings
    [ "-c SHA256SUMS" "-c 09-tools/SHA256SUMS" "../seed/hex0" "../seed/kaem-seed" "PATH=../bin" "../bin/" "../build/" " 0" "=\"0" ]
    [ "-c ${sums ../../stage0/SHA256SUMS}" "-c ${sums ../../stage0/09-tools/SHA256SUMS}" "${hex0}" "${kaem-seed}" "PATH=." "./" "./"
      " ${stage0}/0" "=\"${stage0}/0" ];
  tools-text = readFile ../../stage0/tools.kaem;
  tools = toFile "tools.kaem" (here tools-text);
  # TinyCC and further ports are derivations of their own.
  chain = toFile "chain.kaem" (here (replaceStrings
    [ "kaem tools.kaem" "kaem ../ports/tinycc/build.kaem" "../bin/kaem ../ports/run.kaem" ]
    [ "kaem ${tools}" "kaem ${install}" "" ]
    (readFile ../../stage0/chain.kaem)));
  # The command that names the tools, once more, for the output.
  links = elemAt (elemAt (split "\\.\\./bin/tools (ln [^#]*)" tools-text) 1) 0;
  install = toFile "install.kaem" ''
    PATH=.
    mkdir -p ''${out}/bin
    cp hex0 kaem-seed hex1 hex2 M1 cc0 cc sha256sum kaem tools ''${out}/bin
    ${replaceStrings [ "../bin/" ] [ "\${out}/bin/" ] links}
  '';

  # A folder like the machine's, with cc, kaem and the tools of firmseed-cc in bin; the scripts of ports begin in its build. What
  # kaem has as variables is in the builder's environment: a text of the store cannot name what is not built yet.
  lay = ''
    WORK=''${NIX_BUILD_TOP}/work
    PATH=''${cc}/bin
    mkdir -p ''${WORK}/bin ''${WORK}/build ''${WORK}/ports
    ln -s ${stage0} ''${WORK}/stage0
    cd ''${WORK}/bin
    ln -s ''${cc}/bin/cc cc
    ln -s ''${cc}/bin/sha256sum sha256sum
    ln -s ''${cc}/bin/kaem kaem
    ln -s ''${cc}/bin/tools tools
    ${replaceStrings [ "../bin/tools ln" "../bin/" ] [ "ln" "" ] links}
    cd ''${WORK}/build
  '';
  port-derivation = name: attributes: text: derivation ({
    inherit name system cc;
    builder = "${cc}/bin/kaem";
    args = [ (toFile "${name}.kaem" (lay + text)) ];
  } // attributes);

  # hex0, kaem-seed, hex1, hex2, M1, cc0, cc, sha256sum, kaem and the tools.
  cc = derivation {
    name = "firmseed-cc";
    inherit system;
    builder = kaem-seed;
    args = [ chain ];
  };

  # bin/tcc, with lib and include around it; sources: TinyCC's, patched, as ports/musl compiles them again.
  tinycc = port-derivation "firmseed-tinycc" { outputs = [ "out" "sources" ]; } ''
    ln -s ${port "tinycc"} ../ports/tinycc
    kaem ../ports/tinycc/build.kaem
    mkdir -p ''${out}/bin ''${out}/lib/tcc ''${sources}
    cp ../bin/tcc ''${out}/bin
    cd ../lib
    cp crt1.o crti.o crtn.o libc.a ''${out}/lib
    cp tcc/libtcc1.a ''${out}/lib/tcc
    cd ''${WORK}/build/tinycc
    LIBC=${stage0}/08-libc
    LIB=''${out}/lib
    INCLUDE=''${out}/include
    kaem ${port "tinycc"}/headers.kaem
    ${source-files} ''${sources}
  '';
  # The command of ports/musl that names them, up to where they go.
  source-files = elemAt (elemAt (split "(cp arm-asm[^$]*)[$]" (readFile ../../ports/musl/build.kaem)) 1) 0;

  # musl, and a TinyCC that uses it, in bin, lib and include.
  musl = port-derivation "firmseed-musl" { inherit tinycc; inherit (tinycc) sources; } ''
    PATH=''${tinycc}/bin:''${PATH}
    MUSL_BUILD=''${WORK}/build/musl
    MUSL_PREFIX=''${WORK}/musl
    MUSL_TINYCC=''${sources}
    MUSL_LIBC=${stage0}/08-libc
    PORT=${port "musl"}
    mkdir -p musl
    cd musl
    kaem ''${PORT}/build.kaem
    mkdir -p ''${out}/bin ''${out}/lib/tcc
    cp ../../musl/bin/tcc ''${out}/bin
    cd ../../musl/lib
    cp crt1.o crti.o crtn.o libc.a libcrypt.a libdl.a libm.a libpthread.a libresolv.a librt.a libutil.a ''${out}/lib
    cp tcc/libtcc1.a ''${out}/lib/tcc
    PREFIX=''${out}
    FROM=''${MUSL_BUILD}/musl-1.2.5
    BUILD=''${MUSL_BUILD}
    cd ''${BUILD}
    kaem ''${PORT}/headers.kaem
  '';

  # A port behind musl: its own script in a folder like the machine's, into which needs, derivations by their names, are laid. Its
  # output's bin has the files that the script leaves there. That shell runs what configure scripts and Makefiles have to say.
  behind-musl = name: needs: files: port-derivation "firmseed-${name}" (needs // { inherit musl; }) (''
    mkdir -p ''${WORK}/musl/bin ''${WORK}/usr/bin ''${out}/bin ${name}
    ln -s ''${musl}/bin/tcc ../musl/bin/tcc
    ${concatStringsSep "\n" (map (need: laid.${need}) (attrNames needs))}
    MUSL_ROOT=''${WORK}
    MUSL_PREFIX=''${WORK}/musl
    CONFIG_SHELL=''${WORK}/bin/sh
    MAKEFLAGS=SHELL=''${WORK}/bin/sh
    DASH_BUILD=''${WORK}/build/dash
    MAKE_BUILD=''${WORK}/build/make
    BUSYBOX_BUILD=''${WORK}/build/busybox
    BUSYBOX_BIN=''${WORK}/usr/bin
    LUA_BUILD=''${WORK}/build/lua
    PORT=${ports name}/${name}
    PATH=''${WORK}/bin:''${cc}/bin
    cd ${name}
    kaem ''${PORT}/build.kaem
    cd ''${WORK}
    cp ${concatStringsSep " " files} ''${out}/bin
  '' + (if name == "busybox" then "cd \${out}/bin\n${busybox-links}" else ""));
  laid = {
    unxz = "ln -s \${unxz}/bin/unxz ../bin/unxz";
    dash = "ln -s \${dash}/bin/sh ../bin/sh ../musl/bin/sh";
    make = "ln -s \${make}/bin/make ../musl/bin/make";
    # Copies: a port that takes a link's place writes beside them, not into the store.
    busybox = ''
      cp ''${busybox}/bin/busybox ''${busybox}/bin/take ''${busybox}/bin/plain ../usr/bin
      cd ../usr/bin
      ${busybox-links}
      cd ''${WORK}/build
    '';
    diffutils = ''
      rm ../usr/bin/cmp ../usr/bin/diff
      cp ''${diffutils}/bin/cmp ''${diffutils}/bin/diff ''${diffutils}/bin/diff3 ''${diffutils}/bin/sdiff ../usr/bin
    '';
    # More than its compiler: its library by name, and its sources.
    musl = ''
      ln -s ''${musl}/lib ../musl/lib
      mkdir -p musl
      cd musl
      ungz ${port "musl"}/musl_1.2.5.orig.tar.gz musl.tar
      untar musl.tar
      cd ..
    '';
  };
  # The command of ports/busybox that names its programs.
  busybox-links = elemAt (elemAt (split "(ln -s busybox [^#]*)" (readFile ../../ports/busybox/build.kaem)) 1) 0;

  dash = behind-musl "dash" { } [ "musl/bin/sh" ];
  make = behind-musl "make" { inherit dash; } [ "musl/bin/make" ];
  busybox = behind-musl "busybox" { inherit dash; } [ "usr/bin/busybox" "usr/bin/take" "usr/bin/plain" ];
  unxz = behind-musl "unxz" { } [ "bin/unxz" ];
  # What a port leaves in the machine's usr/bin, built after dash, make and busybox, and what else it wants.
  programs = name: needs: files: behind-musl name (needs // { inherit dash make busybox; }) (map (file: "usr/bin/" + file) files);
  gnu = name: programs name { inherit unxz; };
  userland = rec {
    inherit dash make busybox unxz;
    lua = programs "lua" { } [ "lua" "luac" ];
    sqlite = programs "sqlite" { } [ "sqlite3" ];
    bash = programs "bash" { } [ "bash" ];
    sed = gnu "sed" [ "sed" ];
    grep = gnu "grep" [ "egrep" "fgrep" "grep" ];
    gzip = gnu "gzip" [ "gunzip" "gzexe" "gzip" "zcat" "zcmp" "zdiff" "zegrep" "zfgrep" "zforce" "zgrep" "zless" "zmore" "znew" ];
    diffutils = gnu "diffutils" [ "cmp" "diff" "diff3" "sdiff" ];
    patch = programs "patch" { inherit unxz diffutils; } [ "patch" ];
    findutils = gnu "findutils" [ "find" "xargs" ];
    tar = gnu "tar" [ "tar" ];
    binutils = programs "binutils" { inherit musl; } [ "ar" "as" "ld" "nm" "objcopy" "objdump" "ranlib" "readelf" "size" "strings" "strip" ];
  };
in
{
  inherit cc tinycc musl;
  # What a further bootstrap takes: a compiler with lib and include around it, without and with musl.
  bootstrap = { inherit tinycc musl; tools = cc; };
} // userland
