/* No language but C, so no tree codes but those of tree.def.  */
