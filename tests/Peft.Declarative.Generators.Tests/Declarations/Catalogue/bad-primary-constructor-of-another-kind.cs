// expect: PEFT006 at Persona
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)]
public sealed partial class Persona(string directory) : LlamaForCausalLM(LlamaConfig.Load(directory));
