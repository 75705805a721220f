/** How commands print: tables, JSON and YAML, reports, problems with their lines, the log. */
@NullMarked
package io.promdisco.cli.output;

import org.jspecify.annotations.NullMarked;
