using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class WorkflowFileAgreement : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "in_file_at",
                table: "wf_definition_version",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "in_file_at",
                table: "wf_definition_version");
        }
    }
}
