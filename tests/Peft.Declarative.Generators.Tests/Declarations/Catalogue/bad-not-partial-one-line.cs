// expect: PEFT001 at Persona
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)]
public sealed class Persona : LlamaForCausalLM;
