/** Documents with target groups, from files and web servers, in JSON and YAML. */
@Internal
@NullMarked
package io.promdisco.providers.document;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
