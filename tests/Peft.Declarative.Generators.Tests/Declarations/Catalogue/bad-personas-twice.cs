// expect: PEFT304 at "captain"#2
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Personas("captain", "pip", "captain")]
public sealed partial class Persona : LlamaForCausalLM;
