import { virtioCases } from "./frontend";
import { describeLives } from "./life";

describeLives(virtioCases);
