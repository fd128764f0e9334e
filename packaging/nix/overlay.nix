# For those who use nixpkgs: pkgs.firmseed.{cc,tinycc,musl}. nixpkgs.overlays = [ (import ./overlay.nix { seeds = DIR; }) ];
arguments: final: previous: {
  firmseed = import ./. arguments;
}
