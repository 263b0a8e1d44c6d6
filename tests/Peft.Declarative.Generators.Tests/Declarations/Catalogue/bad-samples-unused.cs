// expect: PEFT202 at 16
using Peft.Declarative;
using Peft.Declarative.Models;
[SparseMask(0.1, Choice = MaskChoice.Magnitude, Samples = 16)]
public sealed partial class Persona : LlamaForCausalLM;
