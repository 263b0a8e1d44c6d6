// expect: PEFT101 at "lm_haed"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Quantize(Exclude = ["lm_haed"])]
public sealed partial class Persona : LlamaForCausalLM;
