//! What pulls cost through a NAT gateway and through VPC endpoints, by list prices.
