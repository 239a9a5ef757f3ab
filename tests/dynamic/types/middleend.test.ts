import { middleendCases } from "./middleend";
import { describeLives } from "./life";

describeLives(middleendCases);
