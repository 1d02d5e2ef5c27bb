"""What people write, read and refused by place; what is written, whole or not at all."""
