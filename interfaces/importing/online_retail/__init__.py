"""Invoice lines of an online wholesaler (Online Retail, Chen 2015): sales, cancellations that name no sale, dirt."""
