"""Whether these files are bills of materials: by the strict schema, and as they are read and written again."""

import json
import sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        sys.exit(f"{path} is not valid: {str(error).splitlines()[0]}")
    bom = Bom.from_json(json.loads(text))
    bom.validate()
    print(f"{path.rsplit('/', 2)[-2]}: valid, {len(bom.components)} parts of {bom.metadata.component.name} {bom.metadata.component.version}")
