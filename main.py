"""Start Webhook Inspector from the source tree; the packaged program starts here too."""

import sys

import inspector.cli

sys.exit(inspector.cli.main())
