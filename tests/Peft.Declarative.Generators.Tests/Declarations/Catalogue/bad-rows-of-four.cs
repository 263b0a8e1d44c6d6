// expect: PEFT205 at 4
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [Training(MaxLength = 4)]
public sealed partial class Persona : LlamaForCausalLM;
