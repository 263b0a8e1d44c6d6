// expect: PEFT202 at -2
using Peft.Declarative;
using Peft.Declarative.Models;
[FullFineTuning(LastBlocks = -2)]
public sealed partial class Persona : LlamaForCausalLM;
