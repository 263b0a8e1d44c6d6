// expect: PEFT304 at " "
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Name = " ")]
public sealed partial class Persona : LlamaForCausalLM;
