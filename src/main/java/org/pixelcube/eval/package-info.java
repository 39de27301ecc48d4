/** Measures: how near a picture is to what it should be, and how steady a clip is. */
package org.pixelcube.eval;
