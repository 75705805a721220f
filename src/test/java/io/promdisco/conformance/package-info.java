/** Complete runs, compared with recorded answers of a real Prometheus. */
@NullMarked
package io.promdisco.conformance;

import org.jspecify.annotations.NullMarked;
