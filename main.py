"""Start Webhook Inspector from the source tree; the packaged program starts here too, and so does its writer."""

import sys

if sys.argv[1:2] == ["--store-writer"]:
    from inspector.store.writing import main
else:
    from inspector.cli import main

sys.exit(main())
