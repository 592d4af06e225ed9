"""The lab's AWS API: moto's server, corrected where it differs from AWS, before a data plane.

moto reads its settings when it is imported, and nothing of ours imports it before this file: the images are
those of today, and an image, key pair or instance type that does not exist is refused as on AWS.
"""

import os
from pathlib import Path

os.environ["MOTO_AMIS_PATH"] = str(Path(__file__).with_name("images.json"))
os.environ["MOTO_ENABLE_AMI_VALIDATION"] = "1"
os.environ["MOTO_ENABLE_KEYPAIR_VALIDATION"] = "1"
os.environ["MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION"] = "1"
