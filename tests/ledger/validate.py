"""Validates what image-builder writes, with libraries that others wrote.

validate.py provenance FILE    in-toto-attestation: in-toto Statement v1, SLSA provenance v1
validate.py sbom FILE          cyclonedx-python-lib: CycloneDX 1.6, its strict JSON schema

Prints what was validated; ends with 1 and the library's words where something is wrong.
"""

import json
import sys


def provenance(text):
    from google.protobuf.json_format import Parse, ParseDict
    from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
    from in_toto_attestation.v1.statement import Statement

    # Both parsers refuse fields that the specifications do not have.
    statement = Parse(text, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    if statement.predicate_type != "https://slsa.dev/provenance/v1":
        raise ValueError(f"predicateType {statement.predicate_type}")
    predicate = ParseDict(json.loads(text)["predicate"], Provenance())
    definition, details = predicate.build_definition, predicate.run_details
    for name, value in (
        ("buildType", definition.build_type),
        ("externalParameters", definition.external_parameters),
        ("builder.id", details.builder.id),
    ):
        if not value:
            raise ValueError(f"{name}: required by SLSA, and empty")
    resources = [*definition.resolved_dependencies, *details.byproducts]
    for resource in resources:
        ResourceDescriptor.copy_from_pb(resource).validate()
    return f"{len(statement.subject)} subjects, {len(resources)} resources"


def sbom(text):
    from cyclonedx.model.bom import Bom
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.spdx import is_expression
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error:
        raise ValueError(str(error)[:2000])
    # The library's own model checks what a schema cannot: that each reference leads somewhere.
    bom = Bom.from_json(json.loads(text))
    bom.validate()
    for component in json.loads(text)["components"]:
        for license in component.get("licenses", []):
            if not is_expression(license["expression"]):
                raise ValueError(f"{component['name']}: no SPDX expression: {license['expression']}")
    return f"{len(bom.components)} components, {len(bom.dependencies)} dependencies"


if __name__ == "__main__":
    kind, path = sys.argv[1:]
    with open(path, encoding="ascii") as file:
        content = file.read()
    try:
        print(f"{kind}: valid: {({'provenance': provenance, 'sbom': sbom})[kind](content)}")
    except Exception as error:  # whatever the library throws is its verdict
        sys.exit(f"{kind}: not valid: {type(error).__name__}: {error}")
