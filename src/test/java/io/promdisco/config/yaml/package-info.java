/** Tests of io.promdisco.config.yaml. */
@NullMarked
package io.promdisco.config.yaml;

import org.jspecify.annotations.NullMarked;
