/** How commands print: tables, JSON and YAML, reports, problems with their lines, the log. */
@Internal
@NullMarked
package io.promdisco.cli.output;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
