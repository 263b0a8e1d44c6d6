// expect: PEFT202 at 7
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Quantize(BlockSize = 7)]
public sealed partial class Persona : LlamaForCausalLM;
