// expect: PEFT202 at PrefixInit.Zero
using Peft.Declarative;
using Peft.Declarative.Models;
[PrefixTuning(8, Projection = true, Init = PrefixInit.Zero)]
public sealed partial class Persona : LlamaForCausalLM;
