/**
 * Environment maps and light over time: reading, turning and exposing maps, irradiance and
 * prefiltered reflection, sampling, area lights, a library of made maps, and pictures of probes.
 */
package org.pixelcube.light;
