/** Training: examples drawn from rendered clips, the loop, and its run directory. */
package org.pixelcube.train;
