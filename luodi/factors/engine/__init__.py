"""The planner: problem → prices and a bound → a first plan → better plans → an explanation. Plain Python and compiled loops."""
