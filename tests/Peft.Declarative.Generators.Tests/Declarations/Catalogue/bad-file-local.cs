// expect: PEFT006 at Persona
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)]
file sealed partial class Persona : LlamaForCausalLM { public Persona(LlamaConfig config) : base(config) { } }
