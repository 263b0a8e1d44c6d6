// expect: PEFT205 at 8000
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Alpha = 8000)]
public sealed partial class Persona : LlamaForCausalLM;
