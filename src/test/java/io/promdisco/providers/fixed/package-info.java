/** Tests of the targets written in the configuration. */
@NullMarked
package io.promdisco.providers.fixed;

import org.jspecify.annotations.NullMarked;
