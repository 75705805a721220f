/** Tests of io.promdisco.config.section. */
@NullMarked
package io.promdisco.config.section;

import org.jspecify.annotations.NullMarked;
