// expect: PEFT304 at "pip"#2
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Lora(rank: 2, Name = "pip")] [Personas("captain", "pip")]
public sealed partial class Persona : LlamaForCausalLM;
