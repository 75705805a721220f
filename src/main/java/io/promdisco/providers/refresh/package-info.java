/** The loop that asks sources again and again; HTTP and DNS discovery share it. */
@NullMarked
package io.promdisco.providers.refresh;

import org.jspecify.annotations.NullMarked;
