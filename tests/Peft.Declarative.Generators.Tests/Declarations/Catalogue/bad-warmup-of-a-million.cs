// expect: PEFT205 at 1_000_000
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [Training(Warmup = 1_000_000)]
public sealed partial class Persona : LlamaForCausalLM;
