"""The lab's AWS API: moto's server corrected where it differs from AWS, before a data plane."""
